using System.Runtime.InteropServices;
using AdvertiseX.Columns;
using AdvertiseX.Keys;

namespace AdvertiseX.Deduplication;

/// <summary>
/// Judges each row of a batch: new, duplicate or conflicting (<c>docs/guarantees.md</c>). Rows whose key a filter or
/// the recent keys hold are suspects; files are asked for suspects, those first whose times cover a suspect's own, as
/// an identical copy has the same time; the text of the id decides. What the lake holds comes first, then the order of
/// the rows. A row is a duplicate if any copy has its payload, and conflicting if there are only others. Memory follows
/// the batch. For one thread at a time.
/// </summary>
internal sealed unsafe class DuplicateSearch : IDisposable
{
    private readonly ColumnBatch _batch;
    private readonly int _margin;
    private readonly NativeBuffer _verdictBuffer;
    private readonly byte* _verdicts;
    private readonly TextColumn _ids;
    private readonly int* _payloads;
    private readonly int* _days;
    private readonly long* _times;
    private readonly SortedKeys _all;
    private readonly List<DayRows> _rows = [];
    private readonly HashSet<int> _near = [];
    private readonly int _firstNear;
    private readonly int _lastNear;
    private readonly List<Suspects> _suspects = [];
    private readonly List<KeyMatch> _matches = [];
    private readonly List<ulong> _wanted = [];
    private readonly List<Suspects> _askedSuspects = [];
    private (int First, int Last, bool OwnTimes)? _askedDays;
    private bool _handedOver;

    /// <param name="batch">Rows of a fact table; at most <see cref="SortedKeys.MaxRows"/>.</param>
    /// <param name="lookback">How far apart the dates of two copies may lie; whole days, rounded up.</param>
    public DuplicateSearch(ColumnBatch batch, TimeSpan lookback)
    {
        _batch = batch;
        _margin = (int)Math.Ceiling(lookback.TotalDays);
        _verdictBuffer = NativePool.Rent(Math.Max(batch.Rows, 1));
        _verdictBuffer.Clear(Math.Max(batch.Rows, 1));
        _verdicts = _verdictBuffer.Pointer;
        _ids = batch.Text("event_id");
        _payloads = batch.Int32("payload_hash").Values;
        _days = batch.Int32("event_date").Values;
        _times = batch.Int64("event_time").Values;
        _all = SortedKeys.Of(new ReadOnlySpan<long>(batch.Int64("event_key").Values, batch.Rows));
        SortByDay();
        foreach (var rows in _rows)
            for (var day = rows.Day - _margin; day <= rows.Day + _margin; day++)
                _near.Add(day);
        (_firstNear, _lastNear) = _near.Count == 0 ? (0, -1) : (_near.Min(), _near.Max());
    }

    /// <summary>Whether any file has to be asked.</summary>
    public bool HasSuspects => _suspects.Count > 0;

    /// <summary>Dates on which copies may lie.</summary>
    public IReadOnlySet<DateOnly> DatesNear() =>
        _near.Select(day => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day)).ToHashSet();

    /// <summary>Whether copies may lie on one of some days.</summary>
    /// <param name="days">The days, ascending.</param>
    public bool IsNear(IReadOnlyList<int> days)
    {
        if (days.Count == 0 || days[^1] < _firstNear || days[0] > _lastNear)
            return false;
        for (var i = 0; i < days.Count; i++)
            if (_near.Contains(days[i]))
                return true;
        return false;
    }

    /// <summary>Rows on days of which one lies within the margin of one of <paramref name="days"/>.</summary>
    public long CountNear(IReadOnlyList<int> days) =>
        _rows.Where(rows => IsNear(rows.Day, days)).Sum(rows => (long)rows.Keys.Count);

    /// <summary>Makes every row a suspect whose key is among the recent ones.</summary>
    /// <param name="origin">Which files the keys are of, for <see cref="Wanted"/>.</param>
    public void Suspect(KeyOrigin origin, RecentKeys recent)
    {
        if (recent.Count == 0)
            return;
        foreach (var rows in _rows)
        {
            var found = new List<ulong>();
            foreach (var entry in rows.Keys.Entries)
                if (recent.Contains(SortedKeys.PrefixOf(entry)))
                    found.Add(entry);
            AddSuspects(origin, rows, found, byTimeOnly: false);
        }
    }

    /// <summary>Makes every row a suspect whose key a filter holds.</summary>
    /// <param name="origin">Which files the keys are of.</param>
    /// <param name="filter">The keys.</param>
    /// <param name="days">Only rows on days near one of these; null for all.</param>
    /// <exception cref="KeyFileException">The filter is damaged.</exception>
    public void Suspect(KeyOrigin origin, KeySet filter, IReadOnlyList<int>? days)
    {
        foreach (var rows in _rows)
            if (days is null || IsNear(rows.Day, days))
                AddSuspects(origin, rows, Held(filter, rows.Keys.Entries), byTimeOnly: false);
    }

    /// <summary>Makes every row of some days, which may be named more than once, a suspect for the files whose times
    /// cover its own.</summary>
    public void SuspectByTime(KeyOrigin origin, IEnumerable<int> days)
    {
        var left = _rows.ToDictionary(rows => rows.Day);
        foreach (var day in days)
        {
            if (!left.Remove(day, out var rows))
                continue;
            _suspects.Add(new Suspects(origin, rows, [.. rows.Keys.Entries], byTimeOnly: true));
            if (left.Count == 0)
                return;
        }
    }

    /// <summary>Those who are suspects for their times only, by day.</summary>
    public IReadOnlyList<Suspects> ByTime() => _suspects.FindAll(suspects => suspects.ByTimeOnly);

    /// <summary>For how many of some suspects a file is to be asked as it covers their times.</summary>
    public int CountCovered(Suspects suspects, AskedFile file) =>
        suspects.Origin.MayBeIn(file) && file.DaysFrom(suspects.Rows.Day) == 0
            ? suspects.CountCovered(file, _times)
            : 0;

    /// <summary>Makes those suspects for their times whose keys a filter holds.</summary>
    /// <param name="among">Who were suspects for their times; <see cref="Drop"/> them when all filters were
    /// asked.</param>
    /// <param name="origin">Which files the filter's keys are of.</param>
    /// <param name="filter">The keys.</param>
    /// <exception cref="KeyFileException">The filter is damaged.</exception>
    public void SuspectByTime(Suspects among, KeyOrigin origin, KeySet filter) =>
        AddSuspects(origin, among.Rows, Held(filter, among.Entries), byTimeOnly: true);

    /// <summary>Takes some out of the suspects.</summary>
    public void Drop(IReadOnlyCollection<Suspects> suspects)
    {
        _suspects.RemoveAll(suspects.Contains);
        _askedDays = null;
    }

    /// <summary>Whether any file with rows of some days has to be asked.</summary>
    /// <param name="firstDay">First day, since 1970 UTC.</param>
    /// <param name="lastDay">Last day.</param>
    /// <param name="ownTimes">Whether for suspects whose times the file covers, or for all others.</param>
    public bool HasSuspectsFor(int firstDay, int lastDay, bool ownTimes) =>
        SuspectsFor(new AskedFile(firstDay, lastDay, 0, 0, 0, 0, 0), ownTimes).Count > 0;

    /// <summary>The suspects for which a file is to be asked, as sorted entries; valid until the next are asked
    /// for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ownTimes">Those whose times the file covers, or all others.</param>
    public List<ulong> Wanted(AskedFile file, bool ownTimes)
    {
        _wanted.Clear();
        foreach (var suspects in SuspectsFor(file, ownTimes))
            if (suspects.Origin.MayBeIn(file))
                suspects.AddTo(_wanted, file, _times, ownTimes, file.DaysFrom(suspects.Rows.Day) == 0);
        return _wanted;
    }

    /// <summary>All rows for which a file may hold copies, as sorted entries.</summary>
    public List<ulong> All(AskedFile file)
    {
        var all = new List<ulong>();
        foreach (var rows in _rows)
            if (file.DaysFrom(rows.Day) <= _margin)
                all.AddRange(rows.Keys.Entries);
        all.Sort();
        return all;
    }

    /// <summary>Finds rows of a file that may be copies, in the order of the file.</summary>
    /// <param name="wanted">Rows of the batch, as sorted entries.</param>
    /// <param name="keys">The file's event keys.</param>
    /// <exception cref="KeyFileException">The file's keys are damaged.</exception>
    public List<PossibleCopy> Copies(List<ulong> wanted, IReadOnlyList<KeySet> keys)
    {
        var copies = new HashSet<PossibleCopy>();
        foreach (var set in keys)
        {
            _matches.Clear();
            set.Match(CollectionsMarshal.AsSpan(wanted), _matches);
            foreach (var match in _matches)
                for (var i = 0; i < match.Count; i++)
                    copies.Add(new(set.RowAt(match.Rank + i), SortedKeys.RowOf(wanted[match.Index])));
        }

        return [.. copies.Order()];
    }

    /// <summary>Whether copies of a row may lie on a day.</summary>
    public bool IsNear(int row, int day) => Math.Abs(_days[row] - day) <= _margin;

    /// <summary>Whether a row has an id.</summary>
    public bool IsCopy(int row, ReadOnlySpan<byte> id) => _ids.Get(row).SequenceEqual(id);

    /// <summary>Judges a row by a stored event; nothing happens when the ids differ.</summary>
    public void Confirm(int row, ReadOnlySpan<byte> id, int payload)
    {
        if (IsCopy(row, id) && (Verdict)_verdicts[row] != Verdict.Duplicate)
            _verdicts[row] = (byte)(_payloads[row] == payload ? Verdict.Duplicate : Verdict.Conflicting);
    }

    /// <summary>Takes those out of the suspects that turned out to be duplicates.</summary>
    public void DropSettled()
    {
        foreach (var suspects in _suspects)
            suspects.RemoveAll(entry => _verdicts[SortedKeys.RowOf(entry)] == (byte)Verdict.Duplicate);
        _suspects.RemoveAll(suspects => suspects.Count == 0);
        _askedDays = null;
    }

    /// <summary>Judges the rows among themselves and hands over the verdicts (<see cref="Verdict"/>), one byte a row,
    /// in rented memory that the caller disposes.</summary>
    public NativeBuffer Finish()
    {
        JudgeAmong();
        _handedOver = true;
        return _verdictBuffer;
    }

    public void Dispose()
    {
        foreach (var rows in _rows)
            if (rows.Keys != _all)
                rows.Keys.Dispose();
        _all.Dispose();
        if (!_handedOver)
            _verdictBuffer.Dispose();
    }

    private void SortByDay()
    {
        var days = new ReadOnlySpan<int>(_days, _batch.Rows);
        var counts = new SortedDictionary<int, int>();
        for (var row = 0; row < days.Length; )
        {
            var from = row;
            while (row < days.Length && days[row] == days[from])
                row++;
            counts[days[from]] = counts.GetValueOrDefault(days[from]) + row - from;
        }

        if (counts.Count == 1)
        {
            _rows.Add(new DayRows(days[0], _all));
            return;
        }

        // Sorted once, and then each entry to its day.
        var ofDay = counts.ToDictionary(day => day.Key, day => new KeyEntries(day.Value));
        KeyEntries? to = null;
        var last = 0;
        foreach (var entry in _all.Entries)
        {
            var day = days[SortedKeys.RowOf(entry)];
            if (to is null || day != last)
                to = ofDay[day];
            last = day;
            to.Add(entry);
        }

        foreach (var day in counts.Keys)
            _rows.Add(new DayRows(day, ofDay[day].AreSorted()));
    }

    // Copies have one prefix, so they are neighbours, in the order of their rows.
    private void JudgeAmong()
    {
        var entries = _all.Entries;
        for (var i = 0; i + 1 < entries.Length; i++)
        {
            var row = SortedKeys.RowOf(entries[i]);
            for (
                var j = i + 1;
                j < entries.Length
                    && SortedKeys.PrefixOf(entries[j]) == SortedKeys.PrefixOf(entries[i])
                    && _verdicts[row] == (byte)Verdict.New;
                j++
            )
            {
                var later = SortedKeys.RowOf(entries[j]);
                if (_verdicts[later] == (byte)Verdict.New)
                    Confirm(later, _ids.Get(row), _payloads[row]);
            }
        }
    }

    private bool IsNear(int day, IReadOnlyList<int> days)
    {
        foreach (var other in days)
            if (Math.Abs(other - day) <= _margin)
                return true;
        return false;
    }

    private void AddSuspects(KeyOrigin origin, DayRows rows, List<ulong> found, bool byTimeOnly)
    {
        if (found.Count > 0)
            _suspects.Add(new Suspects(origin, rows, found, byTimeOnly));
    }

    // The entries whose keys a filter holds.
    private List<ulong> Held(KeySet filter, ReadOnlySpan<ulong> entries)
    {
        _matches.Clear();
        filter.Match(entries, _matches);
        var found = new List<ulong>(_matches.Count);
        foreach (var match in _matches)
            found.Add(entries[match.Index]);
        return found;
    }

    // Files come date by date, and most dates have the same few suspects or none.
    private List<Suspects> SuspectsFor(AskedFile file, bool ownTimes)
    {
        if (_askedDays == (file.FirstDay, file.LastDay, ownTimes))
            return _askedSuspects;
        _askedDays = (file.FirstDay, file.LastDay, ownTimes);
        _askedSuspects.Clear();
        // A row of another day has a time that the file cannot hold.
        foreach (var suspects in _suspects)
            if (ownTimes ? file.DaysFrom(suspects.Rows.Day) == 0 : IsAskedElsewhere(suspects, file))
                _askedSuspects.Add(suspects);
        return _askedSuspects;
    }

    private bool IsAskedElsewhere(Suspects suspects, AskedFile file) =>
        !suspects.ByTimeOnly && file.DaysFrom(suspects.Rows.Day) <= _margin;
}
