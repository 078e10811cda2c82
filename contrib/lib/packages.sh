# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034
# Sourced by contrib/quickstart and contrib/check: which Debian packages they need,
# and how missing ones are installed. Nothing here is needed on other systems.

build_packages=(
    g++ libarchive-dev libargon2-dev libboost-test-dev libcrypt-dev libinih-dev
    liblmdb-dev libpam0g-dev libseccomp-dev libssl-dev libutf8proc-dev meson ninja-build pkg-config
    zlib1g-dev
)
quickstart_packages=("${build_packages[@]}" ca-certificates openssl python3)
check_packages=(
    "${build_packages[@]}" binutils btrfs-progs curl db-util fail2ban fetchmail gsasl isync
    libmagic1 libpam-pwdfile mandoc neomutt openssl procps python3 python3-dkim strace swaks
    systemd
)

# Installing one of these would put another one off the machine. They are installed
# only where none of their rivals is; without them a few system tests are skipped.
mail_server_rivals=(exim4-daemon-light exim4-daemon-heavy sendmail-bin opensmtpd
    courier-mta nullmailer msmtp-mta dma esmtp-run)
super_server_rivals=(xinetd inetutils-inetd rlinetd)

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

any_installed() {
    local package
    for package; do
        is_installed "$package" && return 0
    done
    return 1
}

# As root, or through sudo; DEBIAN_FRONTEND must survive sudo's clean environment.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Nothing that we install may start: not a Postfix of the system's, not an inetd.
# Where there is already a policy, it is the machine's own affair.
install_quietly() {
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made=1
    fi
    if command -v debconf-set-selections >/dev/null; then
        echo 'postfix postfix/main_mailer_type select No configuration' |
            as_root debconf-set-selections
    fi
    local status=0
    as_root apt-get update -q >/dev/null || true
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@" || status=$?
    [ -z "$made" ] || as_root rm -f "$policy"
    return $status
}

# need_packages PACKAGE...: installs what is missing, or says what it is and fails.
need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This is not Debian: what these packages hold must be there already:" >&2
        echo "  $*" >&2
        return 0
    fi
    local package missing=()
    for package; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        echo "These packages are missing, and we are neither root nor have sudo:" >&2
        echo "  ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    install_quietly "${missing[@]}"
}
