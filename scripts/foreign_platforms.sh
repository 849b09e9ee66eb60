#!/bin/sh
# Fetches platforms unlike this one into DIR, for `scripts/determinism.py --foreign DIR`, and writes a command for each
# that behaves like python: DIR/pyodide (WebAssembly, 32 bits, another libc), DIR/arm64, DIR/s390x (big-endian).
# What cannot be fetched leaves no command. Nothing is installed, and no setting of the machine is changed.
# DIR/reprotest takes the place of python for a build that reprotest does twice.
# Needs a network; npm and node for the first, apt-get and dpkg of a Debian for the others.
set -u
home=$(dirname "$(readlink -f "$0")")
mkdir -p "$1" && cd "$1" || exit 2
here=$PWD

if [ ! -x pyodide ] && npm install --silent --no-audit --no-fund --prefix "$here/node" pyodide >node.log 2>&1; then
    cp "$home/foreign_platforms.mjs" node/python.mjs
    printf '#!/bin/sh\nexec node "%s" "$@"\n' "$here/node/python.mjs" >pyodide
    chmod +x pyodide
fi

# An apt of its own for each architecture.
apt() {
    apt-get -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
        -o Dir::State="$place/state" -o Dir::State::Lists="$place/state/lists" -o Dir::Cache="$place/cache" \
        -o Dir::State::status="$place/status" -o APT::Sandbox::User="$(id -un)" "$@" >>"$place/log" 2>&1
}

fetch() {
    place=$here/$architecture.d
    mkdir -p "$place/state/lists/partial" "$place/cache/archives/partial" "$place/packages"
    : >"$place/status"
    apt update
    (cd "$place/packages" && apt download "$@") || return 1
    for package in "$place/packages"/*.deb; do
        dpkg -x "$package" "$place/root" || return 1
    done
}

architecture=$(dpkg --print-architecture 2>/dev/null) || exit 0
[ -d "$architecture.d/root" ] || fetch qemu-user-static || exit 0
emulators=$here/$architecture.d/root/usr/bin
for pair in arm64:aarch64 s390x:s390x; do
    architecture=${pair%%:*}
    if [ -x "$architecture" ] || ! fetch libbz2-1.0 libc6 libcrypt1 libexpat1 libffi8 liblzma5 \
        libpython3.11-minimal libpython3.11-stdlib libssl3 libuuid1 python3.11-minimal zlib1g; then
        continue
    fi
    root=$here/$architecture.d/root
    printf '#!/bin/sh\nexec "%s" -L "%s" "%s" "$@"\n' "$emulators/qemu-${pair##*:}-static" "$root" \
        "$root/usr/bin/python3.11" >"$architecture"
    chmod +x "$architecture"
done

# Builds twice under reprotest's variations, those left aside that need root, other packages or locales of the machine.
if [ ! -x reprotest ]; then
    rm -rf reprotest.d && mkdir reprotest.d
    (cd reprotest.d && apt-get download python3-chardet python3-debian python3-rstr reprotest >log 2>&1) || exit 0
    for package in reprotest.d/*.deb; do
        dpkg -x "$package" reprotest.d/root
    done
    cat >reprotest <<END
#!/bin/sh
# -B -c PROGRAM PACKAGES WORKSPACE BUNDLE
printf '%s' "\$3" >"$here/reprotest.d/program.py"
said=\$(PYTHONPATH="$here/reprotest.d/root/usr/lib/python3/dist-packages" \\
    /usr/bin/python3 -B "$here/reprotest.d/root/usr/bin/reprotest" --no-diffoscope \\
    --vary=-domain_host,-fileordering,-locales,-num_cpus,-time,-user_group -s "\$5" \\
    "/usr/bin/python3 -B '$here/reprotest.d/program.py' '\$4' . ../b.zip && mv ../b.zip ." b.zip) || exit 1
printf '%s\\n' "\$said" | sed -n 's|  \\./b\\.zip\$||p'
END
    chmod +x reprotest
fi
