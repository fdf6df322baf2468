@NullMarked
package dev.signalbox.ha.peer;

import org.jspecify.annotations.NullMarked;
