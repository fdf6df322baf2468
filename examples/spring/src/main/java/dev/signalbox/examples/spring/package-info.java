/** Signalbox in a Spring Boot application. */
@NullMarked
package dev.signalbox.examples.spring;

import org.jspecify.annotations.NullMarked;
