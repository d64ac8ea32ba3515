"""Scales, ticks and figures of benchmarks/studies/svg_plot.py, and the statistics of measuring.py.

    svg_plot_test.py BENCHMARKS_FOLDER
"""
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, sys.argv.pop(1))
from studies import measuring, svg_plot

SVG = "{http://www.w3.org/2000/svg}"


class Ticks(unittest.TestCase):
    def test_round_numbers_that_cover_the_range(self):
        self.assertEqual(svg_plot.ticks(0, 100), [0, 20, 40, 60, 80, 100])
        self.assertEqual(svg_plot.ticks(0, 3.2), [0, 1, 2, 3, 4])
        self.assertEqual(svg_plot.ticks(0, 0.0007), [0, 0.0002, 0.0004, 0.0006, 0.0008])
        self.assertEqual(svg_plot.ticks(3, 14, 7), [2, 4, 6, 8, 10, 12, 14])
        self.assertEqual(svg_plot.ticks(-5, 5), [-6, -4, -2, 0, 2, 4, 6])

    def test_any_range_is_covered_by_few(self):
        for low, high in [(0, 1e-9), (0, 7), (0, 131), (0, 1e12), (99, 101), (-3, 40)]:
            places = svg_plot.ticks(low, high)
            self.assertLessEqual(places[0], low)
            self.assertGreaterEqual(places[-1], high)
            self.assertLessEqual(len(places), 8)
            self.assertGreaterEqual(len(places), 3)

    def test_a_single_value_has_an_axis(self):
        self.assertEqual(svg_plot.ticks(5, 5)[0], 5)
        self.assertGreater(len(svg_plot.ticks(0, 0)), 1)

    def test_what_is_not_finite_is_refused(self):
        with self.assertRaises(ValueError):
            svg_plot.ticks(0, float("nan"))
        with self.assertRaises(ValueError):
            svg_plot.ticks(0, float("inf"))

    def test_few_labels_on_a_logarithmic_axis(self):
        self.assertEqual(svg_plot.log_ticks([64, 16, 64, 256]), [16, 64, 256])
        self.assertLessEqual(len(svg_plot.log_ticks(range(1, 100))), 8)
        self.assertEqual(svg_plot.log_ticks([256, 384, 512, 768, 1000]), [256, 512, 1000])


class Scale(unittest.TestCase):
    def test_ends_and_middle(self):
        scale = svg_plot.Scale(0, 10, 100, 300)
        self.assertEqual([scale(0), scale(5), scale(10)], [100, 200, 300])

    def test_pixels_may_run_downwards(self):
        self.assertEqual(svg_plot.Scale(0, 10, 300, 100)(2.5), 250)

    def test_logarithmic(self):
        scale = svg_plot.Scale(16, 1024, 0, 60, logarithmic=True)
        self.assertAlmostEqual(scale(128), 30)
        with self.assertRaises(ValueError):
            svg_plot.Scale(0, 10, 0, 1, logarithmic=True)

    def test_an_empty_range_maps_to_its_start(self):
        self.assertEqual(svg_plot.Scale(7, 7, 10, 20)(7), 10)


class Figure(unittest.TestCase):
    def draw(self, *panels, **options):
        return ElementTree.fromstring(svg_plot.figure("A <title> & more", list(panels), **options))

    def test_a_mark_for_each_value_and_series(self):
        panel = svg_plot.DotPanel("p", "GFLOP/s", ["a", "b", "<c>"], {"x": {"a": 1, "b": 2, "<c>": 3}, "y": {"b": 4}})
        root = self.draw(panel)
        self.assertEqual(root.tag, SVG + "svg")
        self.assertEqual(root.find(SVG + "title").text, "A <title> & more")
        self.assertEqual(len(root.findall(SVG + "circle")), 3 + 1)  # and one in the legend
        self.assertEqual(len(root.findall(SVG + "rect")), 1 + 1)
        self.assertIn("<c>", [text.text for text in root.findall(SVG + "text")])

    def test_everything_is_inside(self):
        dots = svg_plot.DotPanel("p", "ratio", ["a" * 80, "b"], {"x" * 30: {"b": 2}, "y" * 40: {"b": 4}}, reference=1)
        lines = svg_plot.LinePanel("q", "size", "ms", {"x" * 30: [(64, 3), (16, 1)]}, logarithmic=True)
        root = self.draw(dots, lines, lines, columns=2)
        width, height = float(root.get("width")), float(root.get("height"))
        for element in root.iter():
            for name in ("x", "x1", "x2", "cx"):
                self.assertTrue(0 <= float(element.get(name, 0)) <= width, element.attrib)
            for name in ("y", "y1", "y2", "cy"):
                self.assertTrue(0 <= float(element.get(name, 0)) <= height, element.attrib)

    def test_curves_run_from_left_to_right(self):
        root = self.draw(svg_plot.LinePanel("q", "size", "ms", {"x": [(4, 3), (1, 1), (2, 2)]}))
        points = [float(point.split(",")[0]) for point in root.find(SVG + "polyline").get("points").split()]
        self.assertEqual(points, sorted(points))

    def test_a_series_has_one_colour_in_all_panels(self):
        panels = [svg_plot.DotPanel(str(i), "s", ["a"], series) for i, series in
                  enumerate([{"x": {"a": 1}, "y": {"a": 1}}, {"y": {"a": 1}}])]
        squares = {square.get("fill") for square in self.draw(*panels).findall(SVG + "rect")}
        self.assertEqual(len(squares), 1)

    def test_nothing_to_show_is_refused(self):
        with self.assertRaises(ValueError):
            self.draw(svg_plot.DotPanel("p", "s", [], {}))


class Timings(unittest.TestCase):
    def test_statistics(self):
        timing = measuring.Timing([1.0, 2.0, 3.0, 4.0, 10.0], flops=6e3, bytes=3e3)
        self.assertEqual((timing.median, timing.fastest), (3, 1))
        self.assertAlmostEqual(timing.spread, (4 - 2) / 3)
        self.assertAlmostEqual(timing.gflops, 2)
        self.assertAlmostEqual(timing.gbytes, 1)
        self.assertEqual(measuring.Timing([5.0]).spread, 0)

    def test_units_order_and_failures(self):
        common = {"run_type": "iteration", "per_family_instance_index": 0, "cpu_time": 3.0}
        entries = [
            {**common, "family_index": 1, "run_name": "b/threads:2/process_time/real_time", "real_time": 2.0, "time_unit": "ms",
             "FLOP": 5e9},
            {**common, "family_index": 0, "run_name": "a/threads:1/real_time", "real_time": 4000.0, "time_unit": "ns"},
            {**common, "family_index": 2, "run_name": "c/real_time", "error_occurred": True, "error_message": "no"}]
        timings = measuring.timings_of(entries)
        self.assertEqual(list(timings), ["a/threads:1", "b/threads:2", "c"])
        self.assertEqual((timings["a/threads:1"].times, timings["b/threads:2"].times), ([4.0], [2000.0]))
        self.assertAlmostEqual(timings["b/threads:2"].flops, 5e9 * 2e-3)
        self.assertAlmostEqual(timings["b/threads:2"].cpus, 1.5)
        self.assertEqual((timings["c"].times, timings["c"].error), ([], "no"))


if __name__ == "__main__":
    unittest.main()
