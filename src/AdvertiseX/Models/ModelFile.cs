using System.Globalization;
using System.Text.RegularExpressions;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>
/// Reads a model's file: a header of comment lines (<c>-- word: value</c>, parts divided by <c>;</c>), then one SELECT.
/// Lines without one of the <see cref="ModelHeaderWords"/> are the description.
/// </summary>
internal static partial class ModelFile
{
    /// <param name="name">The model's name.</param>
    /// <param name="text">The file.</param>
    /// <param name="from">How messages name the file; null: by the model.</param>
    /// <exception cref="ModelException">A line is wrong; the text names the file and the line.</exception>
    public static Model Parse(string name, string text, string? from = null)
    {
        var header = new Header(name, from ?? $"model {name}");
        var lines = text.Split('\n');
        var number = 0;
        while (
            number < lines.Length
            && lines[number].TrimEnd() is var line
            && (line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal))
        )
        {
            number++;
            header.Read(line.TrimStart('-').Trim(), number);
        }

        return header.ToModel(string.Join('\n', lines[number..]).Trim());
    }

    /// <summary>Whether a model, and so the folder of its table, can have this name.</summary>
    internal static bool IsName(string text) => Identifier().IsMatch(text) && char.IsAsciiLetterLower(text[0]);

    // All of them read a text once from its start, and are compiled with the program: NonBacktracking, which is not,
    // made the catalog cost a tenth of a second of every start.
    [GeneratedRegex("^(?<word>[a-z]+): (?<value>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();

    // What a person means as an entry, though it is written otherwise: taken for prose it would be lost.
    [GeneratedRegex(
        @"^(?<word>[a-z]+)\s*:",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Intended();

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,99}$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^look-back (?<days>\d{1,4}) days$", RegexOptions.ExplicitCapture)]
    private static partial Regex LookBack();

    [GeneratedRegex("^columns (?<names>[a-z0-9_, ]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ColumnList();

    [GeneratedRegex("^joined by (?<key>[a-z0-9_]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Joined();

    [GeneratedRegex(
        "^tied by (?<row>[a-z0-9_]+)( = ((?<through>[a-z0-9_]+)\\.)?(?<input>[a-z0-9_]+))?( and (?<also>[a-z0-9_]+))?( within (?<window>[a-z0-9_]+) or (?<least>\\d{1,4}) days)?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Tie();

    [GeneratedRegex(
        @"^(?<key>[a-z0-9_]+); within (?<hours>\d{1,2}) hours?; screened by (?<screen>[a-z0-9_]+)$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Chains();

    private sealed class Header(string name, string from)
    {
        private static readonly Dictionary<string, DeltaType> Types = Enum.GetValues<DeltaType>()
            .ToDictionary(type => type.ToString().ToLowerInvariant(), StringComparer.Ordinal);

        private readonly List<string> _description = [];
        private readonly List<string> _entries = [];
        private readonly List<ModelInput> _inputs = [];
        private readonly List<DeltaColumn> _columns = [];
        private readonly List<ModelCheck> _checks = [];
        private string[] _grain = [];
        private ModelRefresh _refresh = ModelRefresh.Inline;
        private ModelInput? _rows;
        private string? _rowKey;
        private ModelChains? _chains;
        private bool _publishesCells;
        private string[] _keys = [];
        private ModelGroupSpan _groupSpan;

        public void Read(string line, int number)
        {
            var entry = Entry().Match(line);
            if (!entry.Success)
            {
                if (
                    Intended().Match(line) is { Success: true } meant
                    && ModelHeaderWords.Find(meant.Groups["word"].Value.ToLowerInvariant()) is { } word
                )
                    throw Wrong(number, $"'{line}' is not read; write '-- {word.Word}: {word.Form}'");
                if (line.Length > 0)
                    _description.Add(line);
                return;
            }

            var value = entry.Groups["value"].Value;
            _entries.Add(line);
            switch (entry.Groups["word"].Value)
            {
                case "grain":
                    _grain = [.. Parts(value, ',').Select(part => Name(part, number))];
                    break;
                case "keys":
                    _keys = [.. Parts(value, ',').Select(part => Name(part, number))];
                    break;
                case "refresh":
                    _refresh = Refresh(value, number);
                    break;
                case "rows":
                    ReadRows(Parts(value, ';'), number);
                    break;
                case "chains":
                    ReadChains(value, number);
                    break;
                case "groups":
                    ReadGroups(Parts(value, ','), number);
                    break;
                case "input":
                    _inputs.Add(Input(Parts(value, ';'), number));
                    break;
                case "column":
                    _columns.Add(Column(Parts(value, ' '), number));
                    break;
                case "check":
                    _checks.Add(
                        ModelCheckText.Parse(value) ?? throw Wrong(number, $"the check '{value}' is not known")
                    );
                    break;
                case "publish":
                    _publishesCells =
                        value == "cells" ? true : throw Wrong(number, $"publish is '{value}': cells is allowed");
                    break;
                default:
                    throw Wrong(number, $"'{entry.Groups["word"].Value}' is not known: {ModelHeaderWords.Names} are");
            }
        }

        public Model ToModel(string sql)
        {
            if (_refresh == ModelRefresh.Keyed && _rowKey is null)
                throw Wrong(1, "a keyed model needs rows, groups or chains");
            if (_refresh != ModelRefresh.Inline && (_columns.Count == 0 || _grain.Length == 0))
                throw Wrong(1, "a model that is not inline needs grain and columns");
            if (_refresh == ModelRefresh.Additive && _inputs.Count == 0)
                throw Wrong(1, "an additive model needs an input");
            if (_refresh != ModelRefresh.Additive && _inputs.Exists(input => input.IsSummed))
                throw Wrong(1, "summed is for an input of a model with refresh: additive");
            RequireJoined();
            if (_publishesCells && _refresh != ModelRefresh.Replace)
                throw Wrong(1, "publish: cells is for a model with refresh: replace");
            if (
                Array.Find(
                    _keys,
                    key => !_columns.Exists(column => column.Name == key && column.Type == DeltaType.Long)
                ) is
                { } odd
            )
                throw Wrong(1, $"keys names {odd}, which is no column of type long");
            if (_columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw Wrong(1, $"the column {twice.Key} is there twice");
            if (sql.Length == 0)
                throw Wrong(1, "there is no SELECT");
            return new Model
            {
                Name = name,
                Description = string.Join(' ', _description),
                Refresh = _refresh,
                Grain = _grain,
                Inputs = _inputs,
                Rows = _rows,
                RowKey = _rowKey,
                GroupSpan = _groupSpan,
                Chains = _chains,
                Columns = _columns,
                Checks = _checks,
                Header = _entries,
                Sql = sql,
                PublishesCells = _publishesCells,
                Keys = _keys,
            };
        }

        private void RequireJoined()
        {
            var joined = _inputs.Where(input => input.JoinedBy is not null).ToList();
            if (joined.Count == 0)
                return;
            if (joined.Count > 1)
                throw Wrong(
                    1,
                    $"one input can be joined by a column, not {string.Join(" and ", joined.Select(input => input.Name))}"
                );
            if (joined[0].IsSummed)
                throw Wrong(1, $"the input {joined[0].Name} is summed or joined by a column, not both");
            if (_refresh != ModelRefresh.Additive || !_inputs.Exists(input => input.IsSummed))
                throw Wrong(
                    1,
                    "joined by is for an input of a model with refresh: additive that says which others are summed"
                );
        }

        private void ReadRows(string[] parts, int number)
        {
            if (parts.Length < 2)
                throw Wrong(number, "rows are 'input; key column', then ties");
            _rowKey = parts[1];
            _rows = Input([parts[0], .. parts[2..]], number);
            _inputs.Add(_rows);
        }

        private void ReadChains(string value, int number)
        {
            if (Chains().Match(value) is not { Success: true } chains)
                throw Wrong(number, "chains are 'key column; within N hours; screened by model'");
            _rowKey = chains.Groups["key"].Value;
            var hours = int.Parse(chains.Groups["hours"].Value, CultureInfo.InvariantCulture);
            _chains = new ModelChains(TimeSpan.FromHours(hours), chains.Groups["screen"].Value);
            _inputs.Add(new ModelInput(_chains.Screen));
        }

        private void ReadGroups(string[] parts, int number)
        {
            _groupSpan = parts switch
            {
                [_] => ModelGroupSpan.Always,
                [_, Lake.LakeTable.PartitionColumn] => ModelGroupSpan.Date,
                [_, Lake.LakeTable.PartitionColumn, "minute"] => ModelGroupSpan.Minute,
                _ => throw Wrong(
                    number,
                    "groups are 'key column', 'key column, event_date' or 'key column, event_date, minute'"
                ),
            };
            _rowKey = parts[0];
        }

        private ModelInput Input(string[] parts, int number)
        {
            var input = new ModelInput(Name(parts.FirstOrDefault() ?? "", number));
            var ties = new List<ModelTie>();
            foreach (var part in parts[1..])
            {
                if (LookBack().Match(part) is { Success: true } days)
                    input = input with
                    {
                        LookBack = TimeSpan.FromDays(
                            int.Parse(days.Groups["days"].Value, CultureInfo.InvariantCulture)
                        ),
                    };
                else if (ColumnList().Match(part) is { Success: true } columns)
                    input = input with { Columns = Parts(columns.Groups["names"].Value, ',') };
                else if (part == "summed")
                    input = input with { IsSummed = true };
                else if (Joined().Match(part) is { Success: true } joined)
                    input = input with { JoinedBy = joined.Groups["key"].Value };
                else if (Tie().Match(part) is { Success: true } tie)
                    ties.Add(TieOf(tie, number));
                else
                    throw Wrong(
                        number,
                        $"'{part}' is none of 'look-back N days', 'columns a, b', 'summed', 'joined by column' and 'tied by column [= column] [and column] [within column or N days]'"
                    );
            }

            return input with
            {
                Ties = ties,
            };
        }

        private ModelTie TieOf(Match tie, int number)
        {
            var row = tie.Groups["row"].Value;
            var other = tie.Groups["input"] is { Success: true } named ? named.Value : row;
            var through = tie.Groups["through"] is { Success: true } table ? table.Value : null;
            ModelWindow? window = tie.Groups["window"] is { Success: true } column
                ? new ModelWindow(
                    column.Value,
                    TimeSpan.FromDays(int.Parse(tie.Groups["least"].Value, CultureInfo.InvariantCulture))
                )
                : null;
            var also = tie.Groups["also"] is { Success: true } second ? second.Value : null;
            if (also is not null && row != "user_key")
                throw Wrong(number, $"'{tie.Value}': only a tie by user_key has a second column");
            return new ModelTie(row, other, InTime: row == "user_key", through, window, also);
        }

        private ModelRefresh Refresh(string value, int number) =>
            value switch
            {
                "temporary" => ModelRefresh.Temporary,
                "additive" => ModelRefresh.Additive,
                "keyed" => ModelRefresh.Keyed,
                "replace" => ModelRefresh.Replace,
                _ => throw Wrong(number, $"refresh is '{value}': temporary, additive, keyed or replace are allowed"),
            };

        private DeltaColumn Column(string[] parts, int number) =>
            parts.Length == 2 && Types.TryGetValue(parts[1], out var type)
                ? new DeltaColumn(Name(parts[0], number), type)
                : throw Wrong(number, $"a column is its name and its type: {string.Join(", ", Types.Keys)}");

        private string Name(string text, int number) =>
            Identifier().IsMatch(text)
                ? text
                : throw Wrong(
                    number,
                    $"'{text}' is no name: a to z, 0 to 9 and _ are allowed, not a digit first, at most 100 characters"
                );

        private ModelException Wrong(int line, string what) => new($"{from}, line {line}: {what}");

        private static string[] Parts(string value, char divider) =>
            value.Split(divider, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
