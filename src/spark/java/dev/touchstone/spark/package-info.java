/**
 * Batches on Apache Spark: {@link dev.touchstone.spark.Touchstone} for programs,
 * {@link dev.touchstone.spark.GenerateJob} for {@code spark-submit}. An answer has the same bytes as that of one
 * machine, whatever partition or attempt computes it.
 */
package dev.touchstone.spark;
