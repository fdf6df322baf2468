@NullMarked
package dev.signalbox.server.delivery;

import org.jspecify.annotations.NullMarked;
