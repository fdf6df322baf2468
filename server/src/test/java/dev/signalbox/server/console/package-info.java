@NullMarked
package dev.signalbox.server.console;

import org.jspecify.annotations.NullMarked;
