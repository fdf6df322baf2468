/**
 * What every client of an HTTP service needs and {@code java.net.http} does not have. It does no input or output, and uses
 * nothing but the JDK.
 */
@NullMarked
package dev.signalbox.http;

import org.jspecify.annotations.NullMarked;
