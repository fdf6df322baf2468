package dev.signalbox.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that handles the messages to a logic of the router. Its parameters are any of the message
 * ({@link dev.signalbox.router.Message}), its payload ({@link dev.signalbox.router.Payload}), the payload's text
 * ({@link String}) and {@link dev.signalbox.router.Logic.Context}, in any order. What it returns, a {@code Payload} or a
 * {@code String}, is the reply; a method that returns nothing, or null, replies nothing. It may block, and throw anything: the
 * asker is told that the logic failed.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SignalboxLogic {
    /** The name of the logic: clients write to {@code logic:NAME}. */
    String value();

    /** Whether messages are handled one at a time and in order, rather than many at once. */
    boolean inOrder() default false;
}
