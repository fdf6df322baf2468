@NullMarked
package dev.signalbox.server.logic;

import org.jspecify.annotations.NullMarked;
