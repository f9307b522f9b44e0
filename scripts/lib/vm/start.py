# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""Starts the driver with its own directory, and nothing else, on the path."""

import os
import runpy
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
runpy.run_module("driver", run_name="__main__")
