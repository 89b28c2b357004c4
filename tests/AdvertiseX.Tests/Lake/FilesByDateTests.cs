using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Tests.Lake;

/// <summary>The files of a table by date are those of the set, whatever came and went.</summary>
public sealed class FilesByDateTests
{
    private static readonly DateOnly First = new(2024, 3, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Files_by_date_follow_the_set(int seed)
    {
        var random = new Random(seed);
        var files = FileSet.Empty;
        // Asked for before the first commit, so that everything is carried on.
        Assert.Empty(files.ByDate.Dates);
        for (var commit = 0; commit < 400; commit++)
        {
            var there = files.Values.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
            var touched = new Dictionary<string, DeltaAction>(StringComparer.Ordinal);
            for (var i = random.Next(4); i > 0 && there.Count > 0; i--)
            {
                var file = there[random.Next(there.Count)];
                touched[file.Path] = random.Next(4) == 0 ? file with { SizeBytes = commit } : RemoveOf(file);
            }

            for (var i = random.Next(4); i > 0; i--)
            {
                DateOnly? date = random.Next(10) == 0 ? null : First.AddDays(random.Next(7));
                var file = AddOf(date, commit);
                touched.Add(file.Path, file);
            }

            files = files.With(touched.Values);
            RequireSame(files);
        }
    }

    [Fact]
    public void Dates_that_a_commit_leaves_alone_keep_their_files()
    {
        var files = FileSet.Empty.With([AddOf(First, 1), AddOf(First.AddDays(1), 2)]);
        var before = files.ByDate.On(First);
        var after = files.With([AddOf(First.AddDays(1), 3)]).ByDate;
        Assert.Same(before, after.On(First));
        Assert.Equal(2, after.On(First.AddDays(1)).Length);
    }

    private static void RequireSame(FileSet files)
    {
        var expected = files
            .Values.GroupBy(file => file.EventDate)
            .OrderBy(date => date.Key ?? DateOnly.MaxValue)
            .ToList();
        Assert.Equal(expected.Select(date => date.Key), files.ByDate.Dates);
        foreach (var date in expected)
            Assert.Equal(
                date.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => (file.Path, file.SizeBytes)),
                files.ByDate.On(date.Key).Select(file => (file.Path, file.SizeBytes))
            );
    }

    private static AddFile AddOf(DateOnly? date, long size) =>
        new(
            LakeTable.NewFilePath(date),
            date is { } day
                ? new Dictionary<string, string?> { [AddFile.DateColumn] = $"{day:yyyy-MM-dd}" }
                : new Dictionary<string, string?>(),
            size,
            0,
            true,
            null
        );

    private static RemoveFile RemoveOf(AddFile file) => RemoveFile.Of(file, DateTimeOffset.UnixEpoch, dataChange: true);
}
