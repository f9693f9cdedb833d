using Ilium.Embedded.Storage;

namespace Ilium.Embedded.Tests.Storage;

/// <summary>Which of two cells stays, as Cassandra 5.0 reconciles them.</summary>
public class CellTests
{
    private static readonly Stamp Early = new(1);
    private static readonly Stamp Late = new(2);

    private static void AssertStays(Cell winner, Cell loser)
    {
        Assert.Equal(winner, Cell.Reconcile(winner, loser));
        Assert.Equal(winner, Cell.Reconcile(loser, winner));
    }

    [Fact]
    public void The_later_one_stays() => AssertStays(new Cell(new byte[] { 1 }, Late), new Cell(new byte[] { 2 }, Early));

    [Fact]
    public void Of_the_same_time_the_tombstone_stays() => AssertStays(new Cell(null, Late), new Cell(new byte[] { 2 }, Late));

    [Fact]
    public void Of_the_same_time_the_greater_value_stays() => AssertStays(new Cell(new byte[] { 0xFF }, Late), new Cell(new byte[] { 0x7F, 1 }, Late));

    [Fact]
    public void Of_the_same_time_the_one_that_expires_stays() => AssertStays(new Cell(new byte[] { 1 }, new Stamp(2, 10, 100)), new Cell(new byte[] { 2 }, Late));

    [Fact]
    public void Of_two_that_expire_the_one_that_expires_later_stays() => AssertStays(new Cell(new byte[] { 1 }, new Stamp(2, 10, 101)), new Cell(new byte[] { 2 }, new Stamp(2, 10, 100)));

    [Fact]
    public void Of_the_same_time_a_tombstone_stays_over_one_that_expires() => AssertStays(new Cell(null, Late), new Cell(new byte[] { 2 }, new Stamp(2, 10, 100)));
}
