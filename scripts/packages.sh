# To be sourced: keeps PyPI packages in target/clients, each in its own environment.

clients=target/clients

# Installs the packages $1 (separated by spaces) together, unless they are installed. Their Python is
# "$clients/$1/bin/python", or the one in "$clients/$2", because some programs do not support spaces in paths.
install() {
  local home=$clients/${2:-$1}
  if ! [ -e "$home/installed" ]; then
    rm -rf "$home"
    # shellcheck disable=SC2086 # several packages are several words
    python3 -m venv "$home" && "$home/bin/python" -m pip install --quiet --disable-pip-version-check $1 && touch "$home/installed"
  fi
}
