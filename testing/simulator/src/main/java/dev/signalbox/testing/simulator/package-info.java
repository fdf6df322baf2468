/** Simulated providers that count what they accept: SMS. */
@NullMarked
package dev.signalbox.testing.simulator;

import org.jspecify.annotations.NullMarked;
