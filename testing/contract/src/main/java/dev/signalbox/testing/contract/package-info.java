/** What every implementation of an SPI must pass. */
@NullMarked
package dev.signalbox.testing.contract;

import org.jspecify.annotations.NullMarked;
