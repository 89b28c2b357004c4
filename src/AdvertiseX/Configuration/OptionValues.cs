using System.Globalization;

namespace AdvertiseX.Configuration;

/// <summary>How an option's values are written in a configuration file, and which are allowed.</summary>
internal abstract class OptionValues
{
    /// <summary>For messages.</summary>
    public abstract string Allowed { get; }

    /// <exception cref="InvalidOperationException">The attribute does not fit the property's type, or names an unknown
    /// unit.</exception>
    public static OptionValues Of(Type property, OptionAttribute option)
    {
        var type = Nullable.GetUnderlyingType(property) ?? property;
        if (type == typeof(TimeSpan))
            return new Durations(option);
        if (type == typeof(DateTimeOffset))
            return new Days(option);
        if (type == typeof(bool))
            return new Flags();
        if (type == typeof(string))
            return new Texts(option);
        if (type == typeof(int) || type == typeof(long) || type == typeof(double))
            return new Numbers(type, option);
        throw new InvalidOperationException($"an option cannot be a {type.Name}");
    }

    /// <summary>A property's value as a configuration file has it.</summary>
    public abstract object Written(object value);

    /// <summary>Whether a value as a file has it is in the range.</summary>
    public abstract bool Allow(object written);

    /// <summary>The property's value for one that is in the range, or null when it has the wrong type.</summary>
    public abstract object? Value(object written);

    private static string Text(double number) => number.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Range(OptionAttribute option)
    {
        var range = double.IsPositiveInfinity(option.Most)
            ? $"at least {Text(option.Least)}"
            : $"{Text(option.Least)} to {Text(option.Most)}";
        return option.Unit is { Length: > 0 } unit ? $"{range} {unit}" : range;
    }

    private static double? Number(object written) =>
        written switch
        {
            long whole => whole,
            double number => number,
            _ => null,
        };

    private sealed class Flags : OptionValues
    {
        public override string Allowed => "true or false";

        public override object Written(object value) => value;

        public override bool Allow(object written) => written is bool;

        public override object Value(object written) => written;
    }

    private sealed class Texts(OptionAttribute option) : OptionValues
    {
        public override string Allowed { get; } =
            (option.Content ?? throw new InvalidOperationException("what the text is must be said"))
            + (option.MayBeEmpty ? ", or empty" : "");

        public override object Written(object value) => value;

        public override bool Allow(object written) =>
            written is string text && (text.Length > 0 || option.MayBeEmpty) && !text.Any(char.IsControl);

        public override object Value(object written) => written;
    }

    private sealed class Numbers(Type type, OptionAttribute option) : OptionValues
    {
        public override string Allowed { get; } = Range(option);

        public override object Written(object value) => value is int whole ? (object)(long)whole : value;

        public override bool Allow(object written) =>
            Number(written) is { } number && number >= option.Least && number <= option.Most;

        public override object? Value(object written)
        {
            if (type == typeof(double))
                return Number(written);
            if (written is not long whole)
                return null;
            return type == typeof(int) ? (object)(int)whole : whole;
        }
    }

    // A file has whole units only; code may have any duration.
    private sealed class Durations(OptionAttribute option) : OptionValues
    {
        private readonly long _ticks = option.Unit switch
        {
            "milliseconds" => TimeSpan.TicksPerMillisecond,
            "seconds" => TimeSpan.TicksPerSecond,
            "hours" => TimeSpan.TicksPerHour,
            "days" => TimeSpan.TicksPerDay,
            var unit => throw new InvalidOperationException($"{unit} are not a unit of durations"),
        };

        public override string Allowed { get; } = Range(option);

        public override object Written(object value)
        {
            var ticks = ((TimeSpan)value).Ticks;
            return ticks % _ticks == 0 ? (object)(ticks / _ticks) : ticks / (double)_ticks;
        }

        public override bool Allow(object written) =>
            Number(written) is { } number && number >= option.Least && number <= option.Most;

        public override object? Value(object written) =>
            written is long whole ? TimeSpan.FromTicks(whole * _ticks) : null;
    }

    private sealed class Days(OptionAttribute option) : OptionValues
    {
        private const string Format = "yyyy-MM-dd";

        public override string Allowed { get; } = $"{option.First} to {option.Last}, a day in UTC";

        // A moment within a day is written with its time: code may have one.
        public override object Written(object value)
        {
            var time = ((DateTimeOffset)value).UtcDateTime;
            return time.ToString(time.TimeOfDay == TimeSpan.Zero ? Format : "O", CultureInfo.InvariantCulture);
        }

        public override bool Allow(object written) =>
            written is string text
            && TimeOf(text) is { } time
            && time >= TimeOf(option.First!)
            && time <= TimeOf(option.Last!);

        public override object? Value(object written) =>
            DateOnly.TryParseExact(
                (string)written,
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
                ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
                : null;

        private static DateTime? TimeOf(string text) =>
            DateTime.TryParseExact(
                text,
                [Format, "O"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
                ? time
                : null;
    }
}
