package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which columns a dataset must have, and which it gets. */
class ColumnsTest {
    @Test
    void columnsOfTheAnswerReplaceThoseOfTheSameNameAndFollowTheOthers() {
        StructType input = StructType.fromDDL("id BIGINT, prompt_ids ARRAY<BIGINT>, text INT, price DOUBLE");

        assertThat(new Columns(input).output().toDDL())
                .isEqualTo("id BIGINT,prompt_ids ARRAY<BIGINT>,text STRING,price DOUBLE,prompt STRING,ids ARRAY<INT>,"
                        + "finish_reason STRING,log_probability DOUBLE,seed BIGINT,digest STRING,error STRING");
        assertThat(new Columns(input).read()).containsExactly("id", "prompt_ids");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt STRING | the dataset has no column id",
                "id STRING, text STRING | the dataset has no column with prompts: expected prompt, prompt_ids or messages, found id, text",
                "id STRING, prompt INT | the column prompt has the type int, expected string",
                "id STRING, prompt_ids ARRAY<STRING> | the column prompt_ids has the type array<string>, expected array<int>",
            })
    void aDatasetThatCannotBeContinuedIsRefusedBeforeTheJob(String columns, String message) {
        assertThatThrownBy(() -> new Columns(StructType.fromDDL(columns)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aBatchHasAtLeastOneRow() {
        assertThatThrownBy(() -> GenerateSettings.storyteller().withBatchSize(0))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the size of a batch must be at least 1, got 0");
    }
}
