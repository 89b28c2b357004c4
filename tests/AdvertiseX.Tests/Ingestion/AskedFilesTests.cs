using AdvertiseX.Deduplication;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Which files a row's copies may lie in, by days and times.</summary>
public sealed class AskedFilesTests
{
    [Theory]
    [InlineData(int.MinValue, int.MaxValue, 20_000, 0)]
    [InlineData(20_000, 20_000, 20_000, 0)]
    [InlineData(20_000, 20_010, 19_993, 7)]
    [InlineData(20_000, 20_010, 20_012, 2)]
    [InlineData(20_000, int.MaxValue, -5, 20_005)]
    public void Days_are_counted_from_the_nearest_row(int first, int last, int day, int days) =>
        Assert.Equal(days, new AskedFile(first, last, 0, 0, 0, 0, 0).DaysFrom(day));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Most_at_once_is_the_greatest_number_of_files_over_one_time(int seed)
    {
        var random = new Random(seed);
        var files = Enumerable
            .Range(0, random.Next(1, 40))
            .Select(_ => random.Next(30))
            .Select(least => new AskedFile(1, 1, least, least + random.Next(10), 0, 0, 0))
            .ToArray();

        var most = Enumerable
            .Range(0, 40)
            .Max(time => files.Count(file => file.Least <= time && time <= file.Greatest));

        Assert.Equal(most, new AskedFiles(files).MostAtOnce);
    }
}
