@NullMarked
package dev.signalbox.testing.simulator;

import org.jspecify.annotations.NullMarked;
