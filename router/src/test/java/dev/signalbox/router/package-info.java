@NullMarked
package dev.signalbox.router;

import org.jspecify.annotations.NullMarked;
