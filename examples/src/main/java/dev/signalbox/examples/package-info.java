/** Small programs that embed the libraries, run by tests. */
@NullMarked
package dev.signalbox.examples;

import org.jspecify.annotations.NullMarked;
