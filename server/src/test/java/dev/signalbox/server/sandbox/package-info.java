@NullMarked
package dev.signalbox.server.sandbox;

import org.jspecify.annotations.NullMarked;
