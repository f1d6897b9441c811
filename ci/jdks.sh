# To be sourced. Finds the JDKs of this machine: those of setup-java (JAVA_HOME_17_X64 and the like), JAVA_HOME, those in the
# directory where Linux keeps JDKs, macOS's java_home, and the java on the PATH. JDK_DIRECTORY names another directory
# instead of all these.
# shellcheck shell=bash

# Prints the home of a JDK of this feature version, or nothing.
jdk() {
    local home
    while read -r home; do
        if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ "$(jdk_version "$home/bin/java")" = "$1" ]; then
            echo "$home"
            return
        fi
    done < <(jdk_homes "$1")
}

jdk_homes() {
    if [ -n "${JDK_DIRECTORY:-}" ]; then
        printf '%s\n' "$JDK_DIRECTORY"/*
        return
    fi
    printenv | sed -n "s/^JAVA_HOME_$1[^=]*=//p"
    echo "${JAVA_HOME:-}"
    printf '%s\n' /usr/lib/jvm/*
    /usr/libexec/java_home -F -v "$1" 2>/dev/null || true
    java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p' || true
}

# The feature version of a java program, such as 17.
jdk_version() {
    "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
}
