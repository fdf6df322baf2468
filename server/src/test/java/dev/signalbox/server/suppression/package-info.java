@NullMarked
package dev.signalbox.server.suppression;

import org.jspecify.annotations.NullMarked;
