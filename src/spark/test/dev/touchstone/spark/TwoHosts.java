package dev.touchstone.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A standalone cluster with two hosts of one executor each. The hosts are two names of this machine. Spark starts a
 * second attempt of a task only on another host, so a local cluster, which has one host, has none. Master and workers
 * run in this JVM, and the executors in JVMs of their own.
 */
final class TwoHosts implements AutoCloseable {
    private static final List<String> HOSTS = List.of("127.0.0.1", "localhost");
    private static final int MEGABYTES = 1024;

    private final List<RpcEnv> started = new ArrayList<>();
    private final String url;

    TwoHosts(String folder) {
        SparkConf conf = new SparkConf(false).set("spark.ui.enabled", "false");
        RpcEnv master = Master.startRpcEnvAndEndpoint(HOSTS.get(0), 0, 0, conf)._1();
        started.add(master);
        url = "spark://" + master.address().hostPort();
        for (String host : HOSTS) {
            String work = folder + "/work-" + host;
            String[] masters = {url};
            started.add(Worker.startRpcEnvAndEndpoint(
                    host, 0, 0, 1, MEGABYTES, masters, work, Option.apply(started.size()), conf, Option.empty()));
        }
    }

    /** For {@code spark.master}. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).shutdown();
            started.get(i).awaitTermination();
        }
    }
}
