@NullMarked
package dev.signalbox.server.exec;

import org.jspecify.annotations.NullMarked;
