using FsCheck;
using FsCheck.Fluent;

namespace Wirepath.Tcp.Tests;

public class WindowedMaxTests
{
    [Fact]
    public void The_largest_sample_leaves_after_the_window()
    {
        var filter = new WindowedMax();
        filter.Update(10, 0, 10);
        for (int at = 1; at <= 10; at++)
        {
            filter.Update(1, at, 10);
            filter.Max.ShouldBe(10);
        }

        filter.Update(1, 11, 10);
        filter.Max.ShouldBe(1);
    }

    [Fact]
    public void It_is_never_below_the_newest_and_never_above_the_true_maximum_of_the_window() =>
        Prop.ForAll(Gen.Choose(0, 100).ListOf().ToArbitrary(), samples =>
        {
            var filter = new WindowedMax();
            for (int at = 0; at < samples.Count; at++)
            {
                filter.Update(samples[at], at, 10);
                filter.Max.ShouldBeGreaterThanOrEqualTo(samples[at]);
                filter.Max.ShouldBeLessThanOrEqualTo(samples.Skip(Math.Max(0, at - 10)).Take(Math.Min(at, 10) + 1).Max());
            }
        }).QuickCheckThrowOnFailure();
}
