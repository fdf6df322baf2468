@NullMarked
package dev.signalbox.server.sessions;

import org.jspecify.annotations.NullMarked;
