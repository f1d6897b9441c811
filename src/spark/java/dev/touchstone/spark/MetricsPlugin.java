package dev.touchstone.spark;

import com.codahale.metrics.Gauge;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Adds the rows, errors and tokens of each executor to Spark's metrics, which its sinks report, such as Prometheus or
 * JMX. Set {@code spark.plugins=dev.touchstone.spark.MetricsPlugin}. The names are those of {@link ExecutorWork}, after
 * {@code <application>.<executor>.plugin.dev.touchstone.spark.MetricsPlugin}.
 */
public final class MetricsPlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return null; // the driver computes nothing
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> configuration) {
                ExecutorWork.TOTALS.forEach(
                        (name, total) -> context.metricRegistry().register(name, (Gauge<Long>) total::sum));
            }
        };
    }
}
