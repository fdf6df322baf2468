@NullMarked
package dev.signalbox.observatory;

import org.jspecify.annotations.NullMarked;
