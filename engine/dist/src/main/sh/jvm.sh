# Which JVM to use, and what is here for it; for the scripts beside it, which set $home and say set -uf.
# Sets jar, java, java_home, major, runtime, native (the directory of SQLite's native library, empty for none), archive.

fail() {
  printf 'waltap: %s\n' "$1" >&2
  exit 1
}

jar=$home/lib/waltap.jar
[ -r "$jar" ] || fail "$jar is missing or not readable: unpack the whole archive, and link to bin/waltap rather than copy it"

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  java_home=$JAVA_HOME
  [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, which has no bin/java: set it to Java 17 or newer, or unset it"
else
  java=$(command -v java) || fail "there is no java on the PATH: install Java 17 or newer, or set JAVA_HOME"
  java_home=$(readlink -f "$java" 2>/dev/null) || java_home=$java
  java_home=${java_home%/bin/java}
fi

# What the JVM's own files say of it, which is read in no time.
version='' runtime='' system='' processor='' libc=''
if [ -r "$java_home/release" ]; then
  while IFS='=' read -r key value || [ -n "$key" ]; do
    value=${value#\"}
    value=${value%\"}
    case $key in
      JAVA_VERSION) version=$value ;;
      JAVA_RUNTIME_VERSION) runtime=$value ;;
      OS_NAME) system=$value ;;
      OS_ARCH) processor=$value ;;
      LIBC) libc=$value ;;
    esac
  done < "$java_home/release"
fi
if [ -z "$version" ]; then
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
fi
major=${version#1.}
major=${major%%[!0-9]*}
[ -n "$major" ] || fail "$java does not say its version: is it Java?"
[ "$major" -ge 17 ] || fail "$java is Java $version, and Waltap needs 17 or newer: set JAVA_HOME to one"

# SQLite's native library as a file; the driver would unpack it into the temporary directory at each start.
native=$home/lib/native/$system-$processor
[ "$libc" != musl ] || native=$native-musl
[ -r "$native/libsqlitejdbc.so" ] || native=''

# The archive of loaded classes is for one JVM only, whose exact version is its name.
archive=$home/lib/archive/${runtime:-unknown}-$processor.jsa
