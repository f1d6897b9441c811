#!/usr/bin/env bash
# Runs spark-submit of Spark's package on Maven Central, which has the classes and no scripts. Downloads it on first use. The
# class that Spark's own script runs prints the command line, with the module options that Spark needs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

export SPARK_HOME=${TOUCHSTONE_SPARK_HOME:-$root/target/spark-home}
export SPARK_SCALA_VERSION=2.13
export SPARK_LOCAL_IP=127.0.0.1
if [ ! -f "$SPARK_HOME/jars/complete" ]; then
    mvn --quiet --batch-mode --no-transfer-progress -f "$root/src/spark/home.xml" \
        dependency:copy-dependencies -DoutputDirectory="$SPARK_HOME/jars" </dev/null
    touch "$SPARK_HOME/jars/complete"
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command=()
while IFS= read -r -d '' argument; do
    command+=("$argument")
done < <("$java" -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main org.apache.spark.deploy.SparkSubmit "$@" | tail -n +2)
[ ${#command[@]} -gt 0 ] || exit 1
exec "${command[@]}"
