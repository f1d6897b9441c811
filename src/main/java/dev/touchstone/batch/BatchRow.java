package dev.touchstone.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One row of a batch.
 *
 * @param where the place of the row, for messages
 * @param given the fields of the row, which are copied to its answer
 * @param id the text of the field {@code id}, from which the seed of the row is derived; null if there is none
 * @param prompt the text of the prompt
 * @param ids the token ids of the prompt. (S)
 * @param settings changes to the settings of the run; empty if there are none
 */
public record BatchRow(String where, ObjectNode given, String id, String prompt, int[] ids, ObjectNode settings) {}
