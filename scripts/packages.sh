# To be sourced: keeps packages of PyPI in target/clients, each in an environment of its own.

clients=target/clients

# Installs the packages $1 (several with spaces between) together, unless they are there. Their Python is
# "$clients/$1/bin/python", or that of "$clients/$2": some programs mind spaces in paths.
install() {
  local home=$clients/${2:-$1}
  if ! [ -e "$home/installed" ]; then
    rm -rf "$home"
    # shellcheck disable=SC2086 # several packages are several words
    python3 -m venv "$home" && "$home/bin/python" -m pip install --quiet --disable-pip-version-check $1 && touch "$home/installed"
  fi
}
