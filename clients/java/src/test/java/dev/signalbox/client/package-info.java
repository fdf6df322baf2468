@NullMarked
package dev.signalbox.client;

import org.jspecify.annotations.NullMarked;
