using System.Collections.Immutable;

namespace AdvertiseX.Lake.Delta;

/// <summary>The live files of a table by date, those of a date by path. A set with one more commit shares the files of
/// all dates that the commit leaves alone. Immutable.</summary>
internal sealed class FilesByDate
{
    // Stands for files without a date; after all dates.
    private const int NoDate = int.MaxValue;

    private readonly ImmutableSortedDictionary<int, AddFile[]> _dates;

    private FilesByDate(ImmutableSortedDictionary<int, AddFile[]> dates) => _dates = dates;

    /// <summary>Dates that have files, ascending; null, for files without one, is the last.</summary>
    public IEnumerable<DateOnly?> Dates => _dates.Keys.Select(DateOf);

    public static FilesByDate Of(IEnumerable<AddFile> files) =>
        new(
            files
                .GroupBy(DayOf)
                .ToImmutableSortedDictionary(
                    date => date.Key,
                    date => date.OrderBy(file => file.Path, StringComparer.Ordinal).ToArray()
                )
        );

    /// <summary>The files of a date, by path. The array is the same as long as the date's files are, and nobody may
    /// change it.</summary>
    public AddFile[] On(DateOnly? date) => _dates.GetValueOrDefault(date?.DayNumber ?? NoDate, []);

    /// <summary>The files after some came and went.</summary>
    public FilesByDate With(IReadOnlyCollection<AddFile> came, IReadOnlyCollection<AddFile> went)
    {
        var dates = _dates;
        foreach (var day in came.Concat(went).Select(DayOf).Distinct())
        {
            var gone = went.Where(file => DayOf(file) == day)
                .Select(file => file.Path)
                .ToHashSet(StringComparer.Ordinal);
            var files = dates.GetValueOrDefault(day, []).Where(file => !gone.Contains(file.Path)).ToList();
            foreach (var file in came.Where(file => DayOf(file) == day))
            {
                var at = files.BinarySearch(file, ByPath);
                files.Insert(at < 0 ? ~at : at, file);
            }

            dates = files.Count > 0 ? dates.SetItem(day, [.. files]) : dates.Remove(day);
        }

        return new(dates);
    }

    private static readonly Comparer<AddFile> ByPath = Comparer<AddFile>.Create(
        (left, right) => string.CompareOrdinal(left.Path, right.Path)
    );

    private static int DayOf(AddFile file) => file.EventDate?.DayNumber ?? NoDate;

    private static DateOnly? DateOf(int day) => day == NoDate ? null : DateOnly.FromDayNumber(day);
}
