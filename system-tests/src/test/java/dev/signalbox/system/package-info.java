@NullMarked
package dev.signalbox.system;

import org.jspecify.annotations.NullMarked;
