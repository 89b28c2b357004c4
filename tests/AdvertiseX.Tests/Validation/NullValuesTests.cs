using System.Text;
using AdvertiseX.Validation;

namespace AdvertiseX.Tests.Validation;

public class NullValuesTests
{
    private static readonly NullValues Nulls = new(["unknown", "n/a", "(null)", "-1", "größe"]);

    [Theory]
    [InlineData("", true)]
    [InlineData("unknown", true)]
    [InlineData("UnKnOwN", true)]
    [InlineData("N/A", true)]
    [InlineData("(NULL)", true)]
    [InlineData("-1", true)]
    [InlineData("größe", true)]
    [InlineData("unknowm", false)]
    [InlineData("u123456n", false)]
    [InlineData("u12345n", false)]
    [InlineData("n/b", false)]
    [InlineData("0", false)]
    public void Absent_in_other_words(string text, bool expected) =>
        Assert.Equal(expected, Nulls.Contains(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("0", true)]
    [InlineData("00000000-0000-0000-0000-000000000000", true)]
    [InlineData("---", true)]
    [InlineData("00000000-0000-0000-0000-000000000001", false)]
    [InlineData("", false)]
    public void An_id_of_zeros_is_none(string id, bool expected) =>
        Assert.Equal(expected, NullValues.IsZeroId(Encoding.UTF8.GetBytes(id)));
}
