@NullMarked
package dev.signalbox.http;

import org.jspecify.annotations.NullMarked;
