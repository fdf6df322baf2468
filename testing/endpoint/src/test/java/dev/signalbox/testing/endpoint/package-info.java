@NullMarked
package dev.signalbox.testing.endpoint;

import org.jspecify.annotations.NullMarked;
