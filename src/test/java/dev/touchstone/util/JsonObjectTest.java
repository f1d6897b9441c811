package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonObjectTest {
    private static final Map<String, Integer> NUMERALS = Map.of("one", 1, "two", 2);

    @Test
    void fieldsAreReadByTheirType() {
        JsonObject object = object("""
                {"text": "a", "flag": true, "integer": -7, "number": 2.5, "choice": "two", "list": ["a", 1],
                 "texts": ["a", "b"], "integers": [3, 4], "object": {"inner": 1}, "objects": [{"inner": 2}, {"inner": 3}]}""");

        assertThat(object.string("text")).isEqualTo("a");
        assertThat(object.text("text")).contains("a");
        assertThat(object.flag("flag", false)).isTrue();
        assertThat(object.integer("integer")).isEqualTo(-7);
        assertThat(object.integer("integer", 1)).isEqualTo(-7);
        assertThat(object.number("number", 1)).isEqualTo(2.5);
        assertThat(object.number("integer", 1)).isEqualTo(-7);
        assertThat(object.choice("choice", "one", NUMERALS)).isEqualTo(2);
        assertThat(object.list("list")).hasSize(2);
        assertThat(object.texts("texts")).containsExactly("a", "b");
        assertThat(object.integers("integers")).containsExactly(3, 4);
        assertThat(object.integers("integer")).containsExactly(-7);
        assertThat(object.object("object").integers()).containsExactly(Map.entry("inner", 1));
        assertThat(object.objects("object")).hasSize(1);
        assertThat(object.objects("objects"))
                .extracting(part -> part.integer("inner"))
                .containsExactly(2, 3);
    }

    @Test
    void aFieldThatIsAbsentOrNullHasTheDefault() {
        JsonObject object = object("{\"x\": null}");

        assertThat(object.isAbsent("x")).isFalse();
        assertThat(object.isAbsent("y")).isTrue();
        for (String name : List.of("x", "y")) {
            assertThat(object.has(name)).isFalse();
            assertThat(object.text(name)).isEmpty();
            assertThat(object.flag(name, true)).isTrue();
            assertThat(object.integer(name, 3)).isEqualTo(3);
            assertThat(object.number(name, 0.5)).isEqualTo(0.5);
            assertThat(object.choice(name, "one", NUMERALS)).isEqualTo(1);
            assertThat(object.list(name)).isEmpty();
            assertThat(object.texts(name)).isEmpty();
            assertThat(object.integers(name)).isEmpty();
            assertThat(object.objects(name)).isEmpty();
        }
    }

    @Test
    void objectsAreEqualByPathAndFields() {
        assertThat(object("{\"x\": 1}")).isEqualTo(object("{ \"x\": 1 }")).hasSameHashCodeAs(object("{\"x\": 1}"));
        assertThat(object("{\"x\": 1}")).isNotEqualTo(object("{\"x\": 2}"));
        assertThat(object("{\"x\": 1}")).isNotEqualTo(Json.object("g.json", "{\"x\": 1}"));
    }

    static List<Arguments> wrongTypes() {
        return List.of(
                wrong("1", object -> object.string("x"), "x is 1, expected a string"),
                wrong("null", object -> object.string("x"), "x is null, expected a string"),
                wrong("1", object -> object.string("y"), "y is missing, expected a string"),
                wrong("1", object -> object.flag("x", true), "x is 1, expected true or false"),
                wrong(
                        "1.5",
                        object -> object.integer("x", 0),
                        "x is 1.5, expected a whole number of at most 2147483647"),
                wrong("2147483648", object -> object.integer("x"), "x is 2147483648, expected a whole number"),
                wrong("1", object -> object.integer("y"), "y is missing, expected a whole number"),
                wrong("[1, \"2\"]", object -> object.integers("x"), "x is \"2\", expected a whole number"),
                wrong("true", JsonObject::integers, "x is true, expected a whole number"),
                wrong("\"1\"", object -> object.number("x", 0), "x is \"1\", expected a number"),
                wrong("1e999", object -> object.number("x", 0), "x is \"Infinity\", expected a number"),
                wrong(
                        "\"six\"",
                        object -> object.choice("x", "one", NUMERALS),
                        "x is \"six\", expected one of one, two"),
                wrong("{}", object -> object.list("x"), "x is {}, expected a list"),
                wrong("[1]", object -> object.texts("x"), "x is [1], expected a list of strings"),
                wrong("[]", object -> object.object("x"), "x is [], expected an object {...}"),
                wrong("7", object -> object.objects("x"), "x is 7, expected an object {...}"),
                wrong("[{}, 7]", object -> object.objects("x"), "x[1] is 7, expected an object {...}"));
    }

    private static Arguments wrong(String value, Function<JsonObject, Object> read, String message) {
        return Arguments.of(value, read, message);
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void aValueOfAnotherTypeIsAnErrorWithItsPath(String value, Function<JsonObject, Object> read, String message) {
        JsonObject part = object("{\"part\": {\"x\": " + value + "}}").object("part");

        assertThatThrownBy(() -> read.apply(part))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("f.json: part: " + message);
    }

    private static JsonObject object(String json) {
        return Json.object("f.json", json);
    }
}
