package dev.touchstone.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.touchstone.model.Rotary;
import dev.touchstone.util.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares with the results of {@code ROPE_INIT_FUNCTIONS} in transformers 5.23, to eight digits. */
class RotaryScalingTest {
    /** At most one unit in the last place of a float, in percent. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'rope_type': 'linear', 'factor': 2.5, 'rope_theta': 10000 | 8 | 0.40000001 0.039999999 0.0039999997 0.00040000002 | 1
            'rope_type': 'linear', 'factor': 1, 'rope_theta': 10000 | 8 | 1 0.1 0.0099999998 0.001 | 1
            'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 2, 'high_freq_factor': 5, 'original_max_position_embeddings': 96, 'rope_theta': 300 | 12 | 1 0.38649729 0.030974744 0.0072168778 0.0027893037 0.0010780586 | 1
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 10000 | 16 | 1 0.31622776 0.1 0.025693506 0.0062499996 0.0013834966 0.00025000001 7.9056947e-05 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 10000, 'beta_fast': 0, 'beta_slow': 0 | 16 | 1 0.31622776 0.1 0.025693506 0.0062499996 0.0013834966 0.00025000001 7.9056947e-05 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 10000, 'beta_fast': 16, 'beta_slow': 2, 'truncate': false | 16 | 1 0.31622776 0.1 0.031622779 0.0067616189 0.00082510448 0.00025000001 7.9056947e-05 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': null, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64 | 8 | 1 0.39763537 0.15811388 0.056584507 | 1.0693147180559945
            'rope_type': 'yarn', 'factor': 2, 'original_max_position_embeddings': 12, 'rope_theta': 90 | 10 | 1 0.20329256 0.082655735 0.033606589 0.013663941 | 1.0693147180559945
            'rope_type': 'yarn', 'factor': 2, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64 | 8 | 1 0.39763537 0.15811388 0.056584507 | 1.0693147180559945
            'rope_type': 'yarn', 'factor': 3, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'beta_slow': 64, 'truncate': false | 8 | 1 0.39763537 0.15811388 0.020957224 | 1.109861228866811
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'mscale': 0.7, 'mscale_all_dim': 1.3 | 8 | 1 0.39763537 0.15811388 0.053440921 | 0.92952349239394683
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'mscale': 0.7 | 8 | 1 0.39763537 0.15811388 0.053440921 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'mscale': 0, 'mscale_all_dim': 1.3 | 8 | 1 0.39763537 0.15811388 0.053440921 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'mscale': 0.7, 'mscale_all_dim': 0 | 8 | 1 0.39763537 0.15811388 0.053440921 | 1.1386294361119891
            'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64, 'attention_factor': 0.9 | 8 | 1 0.39763537 0.15811388 0.053440921 | 0.9
            'rope_type': 'yarn', 'factor': 1, 'original_max_position_embeddings': 4096, 'rope_theta': 40, 'beta_fast': 64 | 8 | 1 0.39763537 0.15811388 0.062871672 | 1
            """, quoteCharacter = '`')
    void frequenciesAndTheFactorOfScoresAreThoseOfTransformers(
            String settings, int headSize, String frequencies, double factor) {
        String json = "{'rope_parameters': {" + settings + "}}";
        Config config = new Config(Json.object("config.json", json.replace('\'', '"')));

        Rotary rotary = RotarySettings.whole(config, headSize, 8192);

        String[] expected = frequencies.split(" ");
        assertThat(rotary.frequencies()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(rotary.frequencies().get(i))
                    .as("pair %s", i)
                    .isCloseTo(Double.parseDouble(expected[i]), withinPercentage(ROUNDING));
        }
        assertThat(rotary.factor()).isCloseTo(factor, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "rope_scaling": {}, "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 300} | 0.5 0.12014057 0.028867511 0.0069363192
            "rope_scaling": null, "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 300} | 0.5 0.12014057 0.028867511 0.0069363192
            "rope_scaling": {"rope_type": "linear", "factor": 4}, "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 300}, "rope_theta": 500 | 0.25 0.05286856 0.01118034 0.002364354
            """)
    void scalingWithFieldsCountsBeforeParameters(String fields, String frequencies) {
        Rotary rotary = RotarySettings.whole(new Config(Json.object("config.json", "{" + fields + "}")), 8, 8192);

        String[] expected = frequencies.split(" ");
        assertThat(rotary.frequencies()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(rotary.frequencies().get(i))
                    .isCloseTo(Double.parseDouble(expected[i]), withinPercentage(ROUNDING));
        }
    }

    @Test
    void aHeadMayHaveASinglePair() {
        Config config = new Config(Json.object("config.json", "{}"));

        assertThat(RotarySettings.whole(config, 2, 9).frequencies()).containsExactly(1.0);
    }
}
