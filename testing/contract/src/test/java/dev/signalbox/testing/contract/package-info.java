/** The contracts, run against the implementations. */
@NullMarked
package dev.signalbox.testing.contract;

import org.jspecify.annotations.NullMarked;
