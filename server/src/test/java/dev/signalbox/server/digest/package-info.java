@NullMarked
package dev.signalbox.server.digest;

import org.jspecify.annotations.NullMarked;
