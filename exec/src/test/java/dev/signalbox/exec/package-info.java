@NullMarked
package dev.signalbox.exec;

import org.jspecify.annotations.NullMarked;
