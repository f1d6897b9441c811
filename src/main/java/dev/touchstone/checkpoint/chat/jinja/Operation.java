package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.operations.Operators;
import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Equality;
import dev.touchstone.checkpoint.chat.jinja.python.Ordering;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.List;
import java.util.stream.Stream;

/** Operators. */
interface Operation extends Expression {
    /** An operator between two operands. */
    interface Infix extends Operation {
        Expression left();

        Expression right();

        @Override
        default List<Expression> parts() {
            return List.of(left(), right());
        }
    }

    /** {@code +}, {@code -}, {@code *}, {@code /}, {@code //}, {@code %}, {@code **} */
    record Binary(int line, Expression left, String operator, Expression right) implements Infix {
        @Override
        public Object compute(Frame frame) {
            Object a = left.value(frame);
            return frame.budget().made(Operators.binary(a, operator, right.value(frame)));
        }
    }

    /** {@code +} or {@code -} before its operand. */
    record Unary(int line, String operator, Expression operand) implements Operation {
        @Override
        public List<Expression> parts() {
            return List.of(operand);
        }

        @Override
        public Object compute(Frame frame) {
            return Operators.unary(operator, operand.value(frame));
        }
    }

    /** {@code not} */
    record Not(int line, Expression operand) implements Operation {
        @Override
        public List<Expression> parts() {
            return List.of(operand);
        }

        @Override
        public Object compute(Frame frame) {
            return !Values.truth(operand.value(frame));
        }
    }

    /** The left value if it is false, else the right one. */
    record And(int line, Expression left, Expression right) implements Infix {
        @Override
        public Object compute(Frame frame) {
            Object first = left.value(frame);
            return Values.truth(first) ? right.value(frame) : first;
        }
    }

    /** The left value if it is true, else the right one. */
    record Or(int line, Expression left, Expression right) implements Infix {
        @Override
        public Object compute(Frame frame) {
            Object first = left.value(frame);
            return Values.truth(first) ? first : right.value(frame);
        }
    }

    /** {@code a ~ b ~ c}: the values as strings, one after the other. */
    record Concat(int line, List<Expression> parts) implements Operation {
        @Override
        public Object compute(Frame frame) {
            StringBuilder out = new StringBuilder();
            for (Expression part : parts) {
                out.append(Repr.str(part.value(frame)));
                Budget.size(out.length());
            }
            return frame.budget().made(out.toString());
        }
    }

    /**
     * {@code a < b <= c}, which is {@code a < b and b <= c}.
     *
     * @param operators between the operands: {@code ==}, {@code !=}, {@code <}, {@code <=}, {@code >}, {@code >=}, {@code in}, {@code
     *     not in}
     */
    record Compare(int line, List<Expression> operands, List<String> operators) implements Operation {
        @Override
        public List<Expression> parts() {
            return operands;
        }

        @Override
        public Object compute(Frame frame) {
            Object left = operands.get(0).value(frame);
            for (int i = 0; i < operators.size(); i++) {
                Object right = operands.get(i + 1).value(frame);
                if (!holds(left, operators.get(i), right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        private static boolean holds(Object left, String operator, Object right) {
            return switch (operator) {
                case "==" -> Equality.equal(left, right);
                case "!=" -> !Equality.equal(left, right);
                case "in" -> Values.contains(right, left);
                case "not in" -> !Values.contains(right, left);
                default -> Ordering.holds(left, operator, right);
            };
        }
    }

    /** {@code then if test else otherwise}; without the last, null, the value is undefined where the test fails. */
    record Conditional(int line, Expression test, Expression then, Expression otherwise) implements Operation {
        @Override
        public List<Expression> parts() {
            return Stream.of(test, then, otherwise).filter(part -> part != null).toList();
        }

        @Override
        public Object compute(Frame frame) {
            if (Values.truth(test.value(frame))) {
                return then.value(frame);
            }
            return otherwise == null
                    ? Undefined.because("the condition in line " + line + " is false and has no else")
                    : otherwise.value(frame);
        }
    }
}
