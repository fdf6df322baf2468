@NullMarked
package dev.signalbox.architecture;

import org.jspecify.annotations.NullMarked;
