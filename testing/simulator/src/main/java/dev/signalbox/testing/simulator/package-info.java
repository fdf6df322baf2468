/** Simulated providers: SMS, which counts what it accepts, and a language model, which is scripted. */
@NullMarked
package dev.signalbox.testing.simulator;

import org.jspecify.annotations.NullMarked;
