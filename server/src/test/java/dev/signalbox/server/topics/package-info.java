@NullMarked
package dev.signalbox.server.topics;

import org.jspecify.annotations.NullMarked;
