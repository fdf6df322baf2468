@NullMarked
package dev.signalbox.ha.lease;

import org.jspecify.annotations.NullMarked;
